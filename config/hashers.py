from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id inside the OWASP range: 19 MiB, two passes, one lane.

    Django's default takes 100 MiB and eight lanes a login; a class that signs in together
    would need gigabytes.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
