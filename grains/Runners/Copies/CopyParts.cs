using Microsoft.Extensions.Logging;
using ToolRuntime.Placement;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Runners.Copies;

/// <summary>What all copies of a silo share.</summary>
internal sealed record CopyParts(
    IWorkspaceStore Store,
    WorkspaceOptions Options,
    LocalSessions Sessions,
    WorkspaceMeter Meter,
    TimeProvider Time,
    ILogger Logger);
