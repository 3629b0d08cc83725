using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using ToolRuntime.Placement;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Silo.Probes;

/// <summary>Whether this silo takes sessions: it is one of the cluster, reaches the store, and does not stop.</summary>
internal sealed class SiloReadiness(Readiness readiness, SessionPlaces places, IHostApplicationLifetime lifetime)
{
    public Task ReadyAsync(HttpContext context) =>
        readiness.ReadyAsync(context, lifetime.ApplicationStopping.IsCancellationRequested, () => Task.FromResult(WhyNot()));

    private string? WhyNot() => places.Takes ? null
        : lifetime.ApplicationStarted.IsCancellationRequested ? "it takes no sessions" : "it has not joined the cluster yet";
}
