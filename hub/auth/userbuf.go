package auth

import (
	"encoding/binary"
	"errors"
	"strconv"
)

// userBuf is what a PrivateMapKey says beyond a UserSig (trtc.io/document/35157). It is
// big-endian: version, account, fields, and in version 1 the room; texts have a length of
// two bytes before them.
type userBuf struct {
	account string
	fields  userBufFields
	room    string // "" in version 0, which has the number only
}

// userBufFields are the five numbers in the middle of a userbuf, in their order.
type userBufFields struct {
	App         uint32
	RoomNumber  uint32 // 0 in version 1
	Expires     uint32 // Unix seconds
	Privileges  uint32 // PrivilegeCreateRoom and others
	AccountType uint32
}

// The versions of a userbuf.
const (
	userBufNumber = 0 // rooms have numbers
	userBufString = 1 // rooms have names
)

var (
	errUserBufVersion = errors.New("TLS.userbuf is of a version other than 0 and 1; make it with Tencent's GenPrivateMapKey")
	errUserBufShort   = errors.New("TLS.userbuf ends too early; make it with Tencent's GenPrivateMapKey")
	errUserBufLong    = errors.New("TLS.userbuf goes on after its end; make it with Tencent's GenPrivateMapKey")
	errUserBufRoom    = errors.New("TLS.userbuf names no room, or one too long or with control characters")
)

// readUserBuf reads a userbuf to its last byte.
func readUserBuf(buf []byte) (*userBuf, error) {
	var u userBuf
	if len(buf) == 0 {
		return nil, errUserBufShort
	}
	version := buf[0]
	if version > userBufString {
		return nil, errUserBufVersion
	}
	rest, err := u.readFields(buf[1:])
	if err == nil && version == userBufString {
		rest, err = cutText(rest, &u.room)
	}
	switch {
	case err != nil:
		return nil, err
	case len(rest) > 0:
		return nil, errUserBufLong
	case !u.hasRoom(version):
		return nil, errUserBufRoom
	}
	return &u, nil
}

// readFields reads what both versions have.
func (u *userBuf) readFields(buf []byte) (rest []byte, err error) {
	rest, err = cutText(buf, &u.account)
	if err != nil {
		return nil, err
	}
	n, err := binary.Decode(rest, binary.BigEndian, &u.fields)
	if err != nil {
		return nil, errUserBufShort
	}
	return rest[n:], nil
}

func (u *userBuf) hasRoom(version byte) bool {
	if version == userBufString {
		return isName(u.room)
	}
	return u.fields.RoomNumber != 0
}

// roomID returns the room as webhooks name it: a number is its decimal text.
func (u *userBuf) roomID() string {
	if u.room != "" {
		return u.room
	}
	return strconv.FormatUint(uint64(u.fields.RoomNumber), 10)
}

// bytes writes the userbuf, in version 0 unless the room has a name.
func (u *userBuf) bytes() []byte {
	buf := []byte{userBufNumber}
	if u.room != "" {
		buf[0] = userBufString
	}
	buf = appendText(buf, u.account)
	buf, _ = binary.Append(buf, binary.BigEndian, u.fields) // of a fixed size, so it cannot fail
	if u.room != "" {
		buf = appendText(buf, u.room)
	}
	return buf
}

// cutText takes a text with its length from the front.
func cutText(buf []byte, text *string) (rest []byte, err error) {
	if len(buf) < 2 {
		return nil, errUserBufShort
	}
	end := 2 + int(binary.BigEndian.Uint16(buf))
	if len(buf) < end {
		return nil, errUserBufShort
	}
	*text = string(buf[2:end])
	return buf[end:], nil
}

func appendText(buf []byte, text string) []byte {
	return append(binary.BigEndian.AppendUint16(buf, uint16(len(text))), text...)
}
