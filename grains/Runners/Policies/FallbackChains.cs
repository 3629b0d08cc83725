using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Runners.Policies;

/// <summary>
/// Which tools take over for which: what <see cref="ToolPolicyOptions.Fallback"/> names, each followed by what takes over for it. A name that no tool
/// can have stops the host at its start, and so does a circle; what only MCP servers can bring is looked at when it is needed.
/// </summary>
internal sealed partial class FallbackChains(ToolCatalog catalog, Func<string, IEnumerable<string>> named, ILogger<FallbackChains> logger) : IHostedLifecycleService
{
    /// <summary>For a call of this tool, in the order in which they are tried; without the tool itself, and each once.</summary>
    public ImmutableArray<string> Of(string tool)
    {
        var chain = ImmutableArray.CreateBuilder<string>();
        Add(tool);
        return chain.DrainToImmutable();

        void Add(string failed)
        {
            foreach (var next in Named(failed))
            {
                if (next == tool || chain.Contains(next)) continue;
                chain.Add(next);
                Add(next);
            }
        }
    }

    /// <summary>Refuses names of no tool, and circles.</summary>
    /// <exception cref="OptionsValidationException">There is one; the message names it.</exception>
    public void Check()
    {
        foreach (var tool in catalog.Descriptors) Check([tool.Name]);
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Check();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<string> Named(string tool) => named(tool).Select(catalog.NameOf);

    private void Check(ImmutableArray<string> path)
    {
        var setting = $"ToolRuntime:Tools:{path[^1]}:Fallback";
        foreach (var next in Named(path[^1]))
        {
            if (path.Contains(next)) throw Wrong($"{setting} leads in a circle: {string.Join(" -> ", path.Add(next))}.");
            if (catalog.Find(next) is null)
            {
                if (!catalog.WhyMissing(next).Retryable) throw Wrong($"{setting} names '{next}', which is no tool of this server.");
                if (path.Length == 1) LogNotYet(path[0], next);
            }

            Check(path.Add(next));
        }
    }

    private static OptionsValidationException Wrong(string message) => new(nameof(ToolPolicyOptions.Fallback), typeof(ToolPolicyOptions), [message]);

    [LoggerMessage(3102, LogLevel.Warning, "Tool {Tool} falls back on {Fallback}, which is not there yet.")]
    private partial void LogNotYet(string tool, string fallback);
}
