package flows

// FlowFor is the flow that a phone number of the project starts. Numbers are compared as they are written, in
// E.164.
func (p *Project) FlowFor(number string) (*Flow, bool) {
	for _, n := range p.Numbers {
		if n.Number == number {
			f, ok := p.Flows[n.Flow]
			return f, ok
		}
	}
	return nil, false
}
