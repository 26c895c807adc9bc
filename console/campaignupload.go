package console

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/flows"
)

const (
	// maxUpload is how large an upload may be, in bytes.
	maxUpload = 4 << 30
	// maxCampaignFile is how large a campaign's file may be, in bytes.
	maxCampaignFile = 1 << 20
	// maxListFiles is how many lists of numbers may come with a campaign.
	maxListFiles = 50
	// standstill is how long an upload may stand still. One that moves may take as long as it takes.
	standstill = 30 * time.Second
	// drains is how long the rest of an upload is read that was answered early, so that whoever sends it gets the answer.
	drains = 20 * time.Second
)

// The parts of an upload, in their order.
const (
	partToken    = "csrf" // of a page that has no scripts: the token, before anything else
	partCampaign = "campaign"
	partList     = "list"
	partContacts = "contacts"
)

// partsKey is where an upload's reader is kept once its first part was read.
const partsKey = "paydial.parts"

// uploads are the paths that take more than a form.
func uploads(fullPath string) bool {
	switch fullPath {
	case "/api/v1/campaigns", "/api/v1/campaigns/check", "/api/v1/dnc/:list/import", "/campaigns/upload", "/dnc/:list/import":
		return true
	}
	return false
}

// bodyLimit is how large the body of a request may be.
func bodyLimit(g *gin.Context) int64 {
	kind, _, _ := mime.ParseMediaType(g.GetHeader("Content-Type"))
	if uploads(g.FullPath()) && kind != "application/x-www-form-urlencoded" {
		return maxUpload
	}
	return maxForm
}

// tokenInForm is the token that a page's form has in it. Of an upload only the first part is read, and what follows is
// left for the handler.
func tokenInForm(g *gin.Context) string {
	if !uploads(g.FullPath()) {
		return g.PostForm("csrf")
	}
	kind, _, _ := mime.ParseMediaType(g.GetHeader("Content-Type"))
	if kind != "multipart/form-data" {
		return g.PostForm("csrf")
	}
	r, err := openParts(g)
	if err != nil {
		return ""
	}
	part, err := r.NextRawPart()
	if err != nil || part.FormName() != partToken {
		return ""
	}
	raw, err := io.ReadAll(io.LimitReader(part, 200))
	if err != nil {
		return ""
	}
	return string(raw)
}

// openParts is the reader of an upload's parts, the same for a whole request.
func openParts(g *gin.Context) (*multipart.Reader, error) {
	if kept, ok := g.Get(partsKey); ok {
		return kept.(*multipart.Reader), nil
	}
	g.Request.Body = &moving{ReadCloser: g.Request.Body, control: http.NewResponseController(g.Writer)}
	r, err := g.Request.MultipartReader()
	if err != nil {
		return nil, fmt.Errorf("%w: it is no multipart/form-data", errUpload)
	}
	g.Set(partsKey, r)
	return r, nil
}

// moving is a body that may take as long as it moves: the server's limit for a whole request is for small ones.
type moving struct {
	io.ReadCloser
	control *http.ResponseController
	until   time.Time // zero: no end
	set     time.Time
}

func (m *moving) Read(b []byte) (int, error) {
	if now := time.Now(); now.Sub(m.set) > time.Second {
		limit := now.Add(standstill)
		if !m.until.IsZero() && m.until.Before(limit) {
			limit = m.until
		}
		m.set = now
		_ = m.control.SetReadDeadline(limit) // a test's recorder has none
	}
	return m.ReadCloser.Read(b)
}

// upload is a campaign as it comes in.
type upload struct {
	file     flows.File
	lists    map[string]string // path in the campaign's file to where it is kept meanwhile
	contacts io.Reader
	folder   string
}

// readUpload reads an upload up to its contacts, which the caller reads as they come. close is to be called at the end.
func readUpload(g *gin.Context) (u *upload, err error) {
	r, err := openParts(g)
	if err != nil {
		return nil, err
	}
	u = &upload{lists: map[string]string{}}
	defer func() {
		if err != nil {
			u.close()
		}
	}()
	for {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil, u.missing()
		}
		if err != nil {
			return nil, cutOff(err)
		}
		switch name := part.FormName(); {
		case name == partToken && u.file.Source == nil && len(u.lists) == 0: // already looked at, or not needed
		case name == partCampaign && u.file.Source == nil:
			err = u.readFile(part)
		case name == partList && u.file.Source != nil:
			err = u.keepList(part)
		case name == partContacts && u.file.Source != nil:
			u.contacts = &whole{part}
			return u, nil
		default:
			err = fmt.Errorf("%w: the part %.40q is not expected here; the order is campaign, list, contacts", errUpload, name)
		}
		if err != nil {
			return nil, err
		}
	}
}

// missing says which part did not come.
func (u *upload) missing() error {
	part := partContacts
	if u.file.Source == nil {
		part = partCampaign
	}
	return fmt.Errorf("%w: the part %s is missing", errUpload, part)
}

// readFile reads the campaign's file.
func (u *upload) readFile(part *multipart.Part) error {
	raw, err := io.ReadAll(io.LimitReader(part, maxCampaignFile+1))
	switch {
	case err != nil:
		return cutOff(err)
	case len(raw) > maxCampaignFile:
		return fmt.Errorf("%w: a campaign's file has at most 1 MB", errTooLarge)
	}
	u.file = flows.File{Path: fileName(part), Source: append([]byte{}, raw...)} // never nil
	return nil
}

// keepList keeps a list of numbers in a folder of this request until it is needed: it may be too long for the memory.
func (u *upload) keepList(part *multipart.Part) (err error) {
	name := fileName(part)
	switch {
	case name == "":
		return fmt.Errorf("%w: a list needs the name of its file, as it stands under never_call", errUpload)
	case u.lists[name] != "":
		return fmt.Errorf("%w: the list %.80q comes twice", errUpload, name)
	case len(u.lists) == maxListFiles:
		return fmt.Errorf("%w: at most %d lists come with a campaign", errUpload, maxListFiles)
	case u.folder == "":
		if u.folder, err = os.MkdirTemp("", "paydial-upload-"); err != nil {
			return fmt.Errorf("make a folder for an upload: %w", err)
		}
	}
	at := filepath.Join(u.folder, fmt.Sprintf("list-%d", len(u.lists)))
	file, err := os.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keep a list of an upload: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := io.Copy(file, &whole{part}); err != nil {
		return err
	}
	u.lists[name] = at
	return nil
}

// open opens a list that came with the campaign.
func (u *upload) open(name string) (io.ReadCloser, error) {
	at, ok := u.lists[path.Clean(name)]
	if !ok {
		return nil, fmt.Errorf("%w: the campaign names %.80q under never_call, and no part list has it", errUpload, name)
	}
	return os.Open(at) // #nosec G304 -- a file of our own folder
}

func (u *upload) close() {
	if u != nil && u.folder != "" {
		_ = os.RemoveAll(u.folder)
	}
}

// fileName is the whole path that a part gives for its file; the library gives its last word only.
func fileName(part *multipart.Part) string {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil || params["filename"] == "" {
		return ""
	}
	return path.Clean(strings.ReplaceAll(params["filename"], `\`, "/"))
}

// whole says of a part that broke off that the upload did, which is no fault of the list in it.
type whole struct{ from io.Reader }

func (s *whole) Read(b []byte) (int, error) {
	n, err := s.from.Read(b)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = cutOff(err)
	}
	return n, err
}

// cutOff is the error of an upload that did not come whole.
func cutOff(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return errTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%w: it stood still for %s", errUpload, standstill)
	}
	return fmt.Errorf("%w: it broke off before its end", errUpload)
}

// drain reads what is left of an upload, for a while, so that whoever sends it can read the answer.
func drain(g *gin.Context) {
	body, ok := g.Request.Body.(*moving)
	if !ok {
		return
	}
	body.until, body.set = time.Now().Add(drains), time.Time{}
	_, _ = io.Copy(io.Discard, body)
}
