using Microsoft.Extensions.Logging;

namespace ToolRuntime.Runners;

/// <summary>What all runners of a silo share.</summary>
internal sealed record RunnerParts(ToolCatalog Catalog, Workspaces Workspaces, Redactor Redactor, RunnerOptions Options, TimeProvider Time, ILogger Logger);
