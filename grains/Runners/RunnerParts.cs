using Microsoft.Extensions.Logging;
using ToolRuntime.Runners.Policies;

namespace ToolRuntime.Runners;

/// <summary>What all runners of a silo share.</summary>
internal sealed record RunnerParts(ToolCalls Calls, Workspaces Workspaces, Redactor Redactor, RunnerOptions Options, ToolMeter Meter, TimeProvider Time, ILogger Logger);
