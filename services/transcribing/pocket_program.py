"""The program that `pocket_process` starts: sound comes in, words go out as a line of JSON each time.

A stretch of sound is its length in bytes, as four bytes with the highest first, and then mono samples of 16 bits at
16 kHz. It runs as a bare script: only the standard library and PocketSphinx are there.
"""

import json
import struct
import sys

from pocketsphinx import Decoder


def main() -> None:
    """Answer until there is nothing more to read."""
    decoder = Decoder(loglevel="FATAL")
    while len(head := sys.stdin.buffer.read(4)) == 4:
        (length,) = struct.unpack("!I", head)
        decoder.start_utt()
        decoder.process_raw(sys.stdin.buffer.read(length), False, True)
        decoder.end_utt()
        words = [(heard.word, heard.start_frame, heard.end_frame, heard.prob) for heard in decoder.seg() or ()]
        print(json.dumps(words), flush=True)


if __name__ == "__main__":
    main()
