"""``python -m detector.kernel`` compiles the kernel of the installed program."""

import sys

from detector.kernel.building import main

sys.exit(main())
