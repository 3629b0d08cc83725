using Microsoft.Extensions.Logging.Abstractions;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Tests.Support;

/// <summary>A test that needs a host which allows isolation; elsewhere it is skipped, and says why.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class IsolationFactAttribute : FactAttribute
{
    private static readonly string? Why = new Isolation(
        new ProcessOptions { Isolation = IsolationMode.WhenPossible }, NullLogger.Instance, Environment.GetEnvironmentVariable("PATH") ?? "").Missing.FirstOrDefault();

    public IsolationFactAttribute() => Skip = Why;
}
