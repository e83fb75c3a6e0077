"""The paid task: submitted once, waited for, settled after a lost reply, cleaned up after."""
