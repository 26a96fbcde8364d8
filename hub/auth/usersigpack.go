package auth

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"io"
	"sync"
)

// maxInflated bounds what a ticket may inflate to, in bytes: maxLogin of text can hold 6 MiB
// of zeros.
const maxInflated = 16 << 10

// ticketBase64 is base64 with *, - and _ for +, / and =.
var ticketBase64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-").WithPadding('_').Strict()

// unpack undoes pack, and refuses what inflates to more than a ticket can be, or goes on
// after its end.
func unpack(text string) ([]byte, error) {
	packed, err := ticketBase64.DecodeString(text)
	if err != nil {
		return nil, errors.New("not base64 with *, - and _ for +, / and =; it may have been cut or encoded again")
	}
	in := bytes.NewReader(packed)
	inflater, err := newInflater(in)
	if err != nil {
		return nil, errNotZlib
	}
	defer inflaters.Put(inflater)
	doc, err := io.ReadAll(io.LimitReader(inflater, maxInflated+1))
	switch {
	case len(doc) > maxInflated:
		return nil, errors.New("inflates to more than any UserSig")
	case err != nil || in.Len() > 0: // up to its end, so the checksum was compared
		return nil, errNotZlib
	}
	return doc, nil
}

var errNotZlib = errors.New("base64 of something else than one zlib stream; it may have been cut")

// inflaters are kept because each has a window of 32 KiB, and everybody may reconnect at once.
var inflaters sync.Pool

func newInflater(in io.Reader) (io.ReadCloser, error) {
	inflater, ok := inflaters.Get().(io.ReadCloser)
	if !ok {
		return zlib.NewReader(in)
	}
	if err := inflater.(zlib.Resetter).Reset(in, nil); err != nil {
		inflaters.Put(inflater)
		return nil, err
	}
	return inflater, nil
}

// pack makes a text of the JSON of a ticket: zlib, then base64.
func pack(doc []byte) string {
	var packed bytes.Buffer
	deflater := zlib.NewWriter(&packed)
	_, _ = deflater.Write(doc) // a buffer takes everything
	_ = deflater.Close()
	return ticketBase64.EncodeToString(packed.Bytes())
}
