package rawconn

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A raw call takes a pointer as a number. That is safe, since the conversion stands in the
// call itself, which keeps what it points to alive and in place meanwhile (package unsafe,
// rule 4).

// Send is send(2) of b, all or some of it. It never blocks: EAGAIN says that there is no
// room. It returns no EINTR, and 0 bytes with an error.
//
// It spares the kernel what write(2) does for files only: 4 % of a delivery. Telling the
// scheduler would cost another 3 %: it takes the processor away from a thread that the
// kernel happened to preempt in the middle of a call, and wakes another.
func Send(fd uintptr, b []byte) (int, syscall.Errno) {
	return retry(unix.SYS_SENDTO, fd, b, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
}

// Receive is recv(2) into b. It never blocks: EAGAIN says that nothing is there. 0 bytes
// without an error are the end. It returns no EINTR.
func Receive(fd uintptr, b []byte) (int, syscall.Errno) {
	return retry(unix.SYS_RECVFROM, fd, b, unix.MSG_DONTWAIT)
}

// retry calls until no signal interrupts it. The runtime preempts threads by signals.
func retry(call, fd uintptr, b []byte, flags uintptr) (int, syscall.Errno) {
	for {
		n, _, err := unix.RawSyscall6(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), flags, 0, 0)
		switch err {
		case 0:
			return int(n), 0
		case unix.EINTR:
		default:
			return 0, err
		}
	}
}

// Readable reports whether Receive would not return EAGAIN.
func Readable(fd uintptr) bool {
	var b [1]byte
	_, err := retry(unix.SYS_RECVFROM, fd, b[:], unix.MSG_DONTWAIT|unix.MSG_PEEK)
	return err != unix.EAGAIN
}
