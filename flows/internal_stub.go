package flows

type (
	program struct{}
	code    struct{}
	part    struct{}
)

// check compiles every expression and sentence of the project. (Stub: flows-engine replaces it.)
func (p *Project) check() Findings { return nil }
