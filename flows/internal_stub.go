package flows

type (
	program struct{}
	code    struct{}
	part    struct{}
)
