package contacts

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// readAhead is the buffer that a file is read through, and how much of it is looked at before its first row.
const readAhead = 64 << 10

// mark is the byte order mark, with which spreadsheets begin a file in UTF-8.
const mark = "\xEF\xBB\xBF"

// open looks at the beginning of a file: it refuses what is no text in UTF-8, and takes the byte order mark off.
func open(from io.Reader) (in *bufio.Reader, bom bool, err error) {
	in = bufio.NewReaderSize(from, readAhead)
	head, err := in.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, false, fmt.Errorf("read the list: %w", err)
	}
	if fault := wrongKind(head); fault != nil {
		return nil, false, fault
	}
	if bytes.HasPrefix(head, []byte(mark)) {
		_, err := in.Discard(len(mark))
		return in, true, err
	}
	return in, false, nil
}

// wrongKind recognises files that are no text in UTF-8 by how they begin.
func wrongKind(head []byte) error {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte(mark)), " \t\r\n")
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return &Fault{What: "the file is empty", Mend: "its first line must name the columns"}
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("\xFE\xFF")), wide(head):
		return &Fault{What: "the file is UTF-16 (\"Unicode text\"), not UTF-8", Mend: mendSave}
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return &Fault{What: "the file is a spreadsheet (or a zip archive), not CSV", Mend: mendBinary}
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")):
		return &Fault{What: "the file is an old Excel workbook, not CSV", Mend: mendBinary}
	case bytes.HasPrefix(head, []byte("\x1F\x8B")):
		return &Fault{What: "the file is compressed", Mend: "unpack it first: gunzip"}
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return &Fault{What: "the file is a PDF, not CSV", Mend: "export the list as CSV from where it is kept"}
	case bytes.HasPrefix(text, []byte("<")):
		return &Fault{What: "the file is a web page or XML, not CSV", Mend: mendBinary}
	case bytes.HasPrefix(text, []byte("[")), bytes.HasPrefix(text, []byte("{")):
		return &Fault{What: "the file is JSON (or another format for programs), not CSV", Mend: "export the list as CSV from where it is kept"}
	case bytes.IndexByte(head[:len(head)-1], '\r') >= 0 && bytes.IndexByte(head, '\n') < 0:
		return &Fault{What: "the file's lines end in CR only, as on old Macs", Mend: mendSave}
	}
	return nil
}

// wide tells whether every second byte is NUL, as in UTF-16 without a mark.
func wide(head []byte) bool {
	head = head[:min(len(head), 512)]
	nul := [2]int{}
	for i, c := range head {
		if c == 0 {
			nul[i%2]++
		}
	}
	half := len(head) / 2
	return half >= 4 && (nul[0] > half*2/3 && nul[1] == 0 || nul[1] > half*2/3 && nul[0] == 0)
}
