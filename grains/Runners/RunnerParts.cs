using Microsoft.Extensions.Logging;
using ToolRuntime.Hosting;
using ToolRuntime.Runners.Blobs;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Usage;

namespace ToolRuntime.Runners;

/// <summary>What all runners of a silo share.</summary>
internal sealed record RunnerParts(
    ToolCalls Calls,
    Workspaces Workspaces,
    BlobPublisher Blobs,
    Redactor Redactor,
    RunnerOptions Options,
    ToolMeter Meter,
    SiloWork Work,
    TimeProvider Time,
    ILogger Logger,
    UsageLedger? Usage = null);
