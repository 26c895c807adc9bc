//go:build nosimulator

package main

import "github.com/spf13/cobra"

// simulatedCommands is empty: this binary was built without the simulator.
func simulatedCommands(streams) []*cobra.Command { return nil }

// simulatedTopics is empty, too.
func simulatedTopics() []*cobra.Command { return nil }
