"""moto with a KMS that signs a digest as it is. As it comes, moto passes over the MessageType and hashes it once more."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from moto.kms.utils import ECDSAPrivateKey
from moto.server import main

HASHES = {"ECDSA_SHA_256": hashes.SHA256, "ECDSA_SHA_384": hashes.SHA384}


def sign(self, message, signing_algorithm):
    return self.private_key.sign(message, ec.ECDSA(utils.Prehashed(HASHES[signing_algorithm]())))


ECDSAPrivateKey.sign = sign
main()
