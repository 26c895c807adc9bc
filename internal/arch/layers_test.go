package arch

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which packages of ours each room may use. A folder's subfolders belong to its room. A room
// that is not listed fails the test, so that a new one has to be placed.
var mayImport = map[string][]string{
	"twiml":                {},
	"twilio":               {},
	"flows":                {"internal/machine", "internal/carddata", "internal/spelling"},
	"sessions":             {"internal/redisfeed"},
	"db":                   {},
	"audit":                {"db", "internal/carddata"},
	"access":               {"db", "audit"},
	"payments":             {"twilio", "db", "audit", "internal/carddata", "internal/machine", "internal/redisfeed"},
	"recordings":           {"twilio", "db", "audit", "internal/carddata", "internal/machine", "internal/queuelog"},
	"campaigns":            {"twilio", "db", "flows", "audit", "internal/carddata", "internal/queuelog", "internal/spelling"},
	"ivr":                  {"twiml", "twilio", "flows", "sessions", "payments", "recordings", "campaigns", "internal/carddata"},
	"console":              {"flows", "sessions", "payments", "recordings", "campaigns", "access", "audit", "internal/look"},
	"simulator":            {"internal/look", "internal/spelling"}, // they know nothing of calls
	"examples":             {},
	"internal/arch":        {},
	"internal/machine":     {},
	"internal/redisfeed":   {},
	"internal/carddata":    {},
	"internal/look":        {},
	"internal/queuelog":    {},
	"internal/spelling":    {},
	"internal/testproc":    {},
	"internal/redistest":   {"internal/testproc"},
	"internal/pgtest":      {"internal/testproc"},
	"internal/s3test":      {},
	"internal/browsertest": {},
	"internal/caller":      {"simulator"}, // its test cards, and how they are keyed
	"internal/local":       {"flows", "sessions", "payments", "console", "access", "simulator", "internal/server", "internal/caller"},
	"internal/server":      {"twilio", "flows", "sessions", "db", "payments", "recordings", "campaigns", "ivr", "console", "access", "audit"},
	"internal/doctor":      {"twilio", "flows", "sessions", "db", "recordings"},
	"internal/rig":         {"*"},
	"bench":                {"*"},
	"cmd/paydial":          {"*"},
}

// nobodyImports are the rooms at the top of the house.
var nobodyImports = []string{"cmd/paydial", "internal/rig", "bench", "internal/arch"}

// room is the room a folder of the repository belongs to.
func room(dir string) string {
	for name := range mayImport {
		if dir == name || strings.HasPrefix(dir, name+"/") {
			return name
		}
	}
	return ""
}

func TestLayers(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		from := room(s.dir)
		if from == "" {
			t.Errorf("%s: folder %q has no place in the house: add it to mayImport", s.path, s.dir)
			continue
		}
		for _, spec := range s.file.Imports {
			target, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			rel, ours := strings.CutPrefix(target, module+"/")
			if !ours {
				continue
			}
			if why := forbidden(s, from, room(rel)); why != "" {
				t.Errorf("%s imports %s: %s", s.fset.Position(spec.Pos()), rel, why)
			}
		}
	}
}

// forbidden says why a file of room from may not import room to; "" when it may.
func forbidden(s source, from, to string) string {
	if to == from {
		return ""
	}
	if slices.Contains(nobodyImports, to) && !(s.test && to == "internal/rig") {
		return "nobody imports " + to
	}
	allowed := mayImport[from]
	if slices.Contains(allowed, "*") || slices.Contains(allowed, to) {
		return ""
	}
	if s.test { // tests may use the rigs, the examples and the rooms their own room is served by
		switch to {
		case "internal/redistest", "internal/pgtest", "internal/s3test", "internal/browsertest", "internal/testproc", "internal/rig", "examples", "db", "twilio", "sessions", "payments", "flows", "campaigns", "simulator", "audit", "access":
			return ""
		}
	}
	return from + " may import only " + strings.Join(allowed, ", ")
}

// onlyUser says which third-party modules are kept to one place.
var onlyUser = map[string][]string{
	"github.com/looplab/fsm":            {"internal/machine", "bench"},
	"github.com/expr-lang/expr":         {"flows"},
	"go.yaml.in/yaml/v4":                {"flows", "access", "simulator", "campaigns"},
	"github.com/nyaruka/phonenumbers":   {"campaigns"},
	"github.com/coreos/go-oidc/v3":      {"access"},
	"golang.org/x/oauth2":               {"access"},
	"golang.org/x/crypto":               {"access"},
	"github.com/gin-gonic/gin":          {"ivr", "console", "internal/server", "bench"},
	"github.com/twilio/twilio-go/rest":  {"twilio"},
	"github.com/spf13/cobra":            {"cmd/paydial"},
	"github.com/schollz/progressbar/v3": {"cmd/paydial"},
	"github.com/hibiken/asynq":          {"recordings", "campaigns"},
	"modernc.org/sqlite":                {"db"},
	"github.com/jackc/pgx":              {"db"},
	"github.com/minio/minio-go/v7":      {"recordings"},
	"github.com/johannesboyne/gofakes3": {"internal/s3test"},
	"github.com/alicebob/miniredis/v2":  {"internal/redistest", "internal/local"},
	"github.com/twilio/twilio-go":       {"twilio", "twiml", "simulator", "bench"},
	"github.com/twilio/twilio-go/twiml": {"twiml", "bench"},
}

func TestThirdPartyKeepsItsPlace(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, spec := range s.file.Imports {
			target, _ := strconv.Unquote(spec.Path.Value)
			for prefix, rooms := range onlyUser {
				if (target == prefix || strings.HasPrefix(target, prefix+"/")) && !slices.Contains(rooms, room(s.dir)) {
					t.Errorf("%s imports %s: only %s may", s.fset.Position(spec.Pos()), target, strings.Join(rooms, ", "))
				}
			}
		}
	}
}
