"""The paid task, once for characters and videos.

``kind`` says what differs between them, ``submit`` is the only step that costs money, ``ours``
decides whether a task that the service lists is the one whose reply was lost, ``listing`` reads that
list, ``settle`` acts on the decision, ``finish`` waits, ``recover`` does both for what earlier runs
left, ``proof`` sees that a URL gives its file, ``objects`` puts an order's files into the
bucket, ``clean_up`` empties it. States and rows are
``client.registry``'s: ``states`` and ``ledger``.
"""
