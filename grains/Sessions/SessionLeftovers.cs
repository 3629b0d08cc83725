using System.Collections.Immutable;
using ToolRuntime.Hosting;
using ToolRuntime.Placement;
using ToolRuntime.Runners;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Sessions;

/// <summary>What sessions share with their silo.</summary>
internal sealed record SessionSilo(SessionLeftovers Leftovers, SessionPlaces Places, LocalSessions Sessions);

/// <summary>What a session has outside its log: running tools and a folder.</summary>
internal sealed class SessionLeftovers(RunnerHost runners, Workspaces workspaces)
{
    /// <summary>Ends the tools, waits for them, and removes the folder. May be repeated.</summary>
    public async Task RemoveAsync(IGrainFactory grains, SessionKey session, ImmutableArray<string> executions)
    {
        await Task.WhenAll(executions.Select(id => grains.ReferenceTo<IToolExecutionGrain>(session.Child(id)).StopAsync()));
        await runners.StopAsync(session);
        await Task.Run(() => workspaces.Delete(session));
    }
}
