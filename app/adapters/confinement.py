"""What a process gives up before it opens a stranger's file: files, network, programs, memory, time. There is no way back."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource
import signal
import socket
import sys
import sysconfig
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import landlockpy

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME, _PR_GET_NAME = 15, 16
_CLONE_THREAD = 0x00010000
_TCGETS, _FIONREAD = 0x5401, 0x541B
_GRACE_CPU_S = 5
_FS = landlockpy.AccessFS
_READ = _FS.READ_FILE | _FS.READ_DIR
_WRITE = _READ | _FS.WRITE_FILE | _FS.TRUNCATE | _FS.MAKE_REG | _FS.REMOVE_FILE
_SYSTEM = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu", "/sys/fs/cgroup", "/dev/urandom"),
)
# What decoding, the pose network, drawing and Python's own threads were seen to call, and their siblings on other machines. Whatever is not here is
# answered as if the kernel did not know it: libraries then take the older way, and sockets, programs and other processes are out of reach.
_CALLS = """
read write readv writev pread64 pwrite64 preadv pwritev lseek close open openat stat lstat fstat newfstatat fstatat64 statx access faccessat faccessat2
readlink readlinkat getdents getdents64 getcwd dup dup2 dup3 fcntl pipe pipe2 poll ppoll select pselect6 eventfd2 epoll_create1 epoll_ctl epoll_wait
epoll_pwait ftruncate truncate fallocate fsync fdatasync fadvise64 unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir umask utimensat flock
statfs fstatfs sendfile copy_file_range
mmap munmap mremap mprotect brk madvise mincore msync membarrier
futex set_robust_list get_robust_list rseq set_tid_address gettid getpid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid getresgid
exit exit_group restart_syscall arch_prctl sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_getscheduler
sched_get_priority_max sched_get_priority_min getcpu getpriority
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause
clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times timer_create timer_settime timer_gettime timer_getoverrun timer_delete
setitimer getitimer getrusage getrlimit sysinfo uname getrandom
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How much one clip may take.

    `memory_bytes` counts what a process can write to (RLIMIT_DATA); address space that is only set aside, of which MediaPipe takes 2 GB, does not count.
    """

    cpu_s: int
    memory_bytes: int
    file_bytes: int
    open_files: int = 64


@dataclass(frozen=True, slots=True)
class Locks:
    """What the kernel and its libraries here hold a process back with."""

    landlock_abi: int
    seccomp: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """Name what there is not."""
        return tuple(name for name, there in (("landlock", self.landlock_abi > 0), ("seccomp", self.seccomp)) if not there)


def try_locks() -> Locks:
    """Find out in a process of its own what really locks; to be called while there is one thread."""
    _load_seccomp()  # it looks for its library with programs, which a locked process may not start
    abi = landlockpy.abi_version() if sys.platform == "linux" else 0
    return Locks(abi if abi and _holds(lambda: _shut_files((), None), _reaches_files) else 0, seccomp=_holds(_shut_calls, _reaches_network))


def confine(locks: Locks, caps: Caps, *, reads: Sequence[Path], writes: Path | None) -> None:
    """Give everything up that reading one clip does not need; to be called while there is one thread."""
    _cap(caps)
    with contextlib.suppress(OSError):  # where memory is short, this process goes and not the one that keeps the records
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    if locks.landlock_abi:
        _shut_files(reads, writes)
    if locks.seccomp:
        _shut_calls()


def end_with_parent(parent: int) -> None:
    """Be killed when the parent ends, however it does."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def shut_network() -> bool:
    """Let this process open no more sockets, and say whether that is so; everything else stays as it is."""
    seccomp = _load_seccomp()
    if seccomp is None:
        return False
    with contextlib.suppress(OSError):
        rules = seccomp.SyscallFilter(seccomp.ALLOW)
        rules.set_attr(seccomp.Attr.CTL_TSYNC, 1)
        rules.add_rule(seccomp.ERRNO(errno.EACCES), "socket")
        rules.load()
        return True
    return False


def _cap(caps: Caps) -> None:
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, caps.cpu_s, caps.cpu_s + _GRACE_CPU_S),
        (resource.RLIMIT_DATA, caps.memory_bytes, caps.memory_bytes),
        (resource.RLIMIT_FSIZE, caps.file_bytes, caps.file_bytes),
        (resource.RLIMIT_NOFILE, caps.open_files, caps.open_files),
    ):
        resource.setrlimit(kind, (soft, hard))


def _shut_files(reads: Iterable[Path], writes: Path | None) -> None:
    """Leave the libraries and `reads` to be read, `writes` to be written in, no TCP port, and nobody outside to be sent a signal."""
    scopes = landlockpy.Scope.SIGNAL | landlockpy.Scope.ABSTRACT_UNIX_SOCKET
    with landlockpy.Ruleset(scoped=scopes) as rules:
        for path in (*reads, *_list_libraries()):
            if path.exists():
                rules.allow_path(path, _READ if path.is_dir() else _FS.READ_FILE)
        rules.allow_path("/dev/null", _FS.READ_FILE | _FS.WRITE_FILE)
        if writes is not None:
            rules.allow_path(writes, _WRITE)
        rules.restrict()


def _list_libraries() -> list[Path]:
    """Where code is read from; of a checkout only its packages, for records may lie beside them."""
    own = [Path(found.__file__).parent for name in ("app", "vision", "calibration") if (found := sys.modules.get(name)) is not None and found.__file__]
    return [Path(sys.prefix), *(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")), *own, *map(Path, _SYSTEM)]


def _shut_calls() -> None:
    """Leave the kernel's calls that are needed, threads and no processes among them."""
    seccomp = _load_seccomp()
    if seccomp is None:
        raise OSError(errno.ENOSYS, "found no libseccomp; expected libseccomp.so.2")
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    rules.set_attr(seccomp.Attr.CTL_TSYNC, 1)

    def equal(number: int, value: int) -> object:
        return seccomp.Arg(number, seccomp.EQ, value)

    allowed: list[tuple[object, ...]] = [(name,) for name in _CALLS.split()]
    allowed += [("clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD))]
    allowed += [("tgkill", equal(0, os.getpid()))]  # how a process aborts
    allowed += [("prlimit64", equal(2, 0))]  # asking, not setting
    allowed += [("prctl", equal(0, what)) for what in (_PR_SET_NAME, _PR_GET_NAME)]
    allowed += [("ioctl", equal(1, what)) for what in (_TCGETS, _FIONREAD)]
    for call in allowed:
        with contextlib.suppress(OSError, ValueError):  # a call of another architecture, or newer than the library
            rules.add_rule(seccomp.ALLOW, *call)
    rules.load()


def _load_seccomp() -> ModuleType | None:
    """Return the library's binding; None where libseccomp is not installed."""
    if sys.platform != "linux":
        return None
    try:
        import pyseccomp  # noqa: PLC0415 - raises where the system's library is missing
    except (RuntimeError, OSError):
        return None
    return pyseccomp  # type: ignore[no-any-return] # the vendor is not typed here


def _holds(lock: Callable[[], None], reaches: Callable[[], None]) -> bool:
    """Lock a child and see whether it still reaches what it should not."""
    pid = os.fork()
    if not pid:
        code = 1
        with contextlib.suppress(BaseException):
            lock()
            try:
                reaches()
            except OSError:
                code = 0
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _reaches_files() -> None:
    os.close(os.open("/etc/passwd", os.O_RDONLY))


def _reaches_network() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
