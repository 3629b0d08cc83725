using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ToolRuntime.Blobs;
using ToolRuntime.Hosting;
using ToolRuntime.Jobs;
using ToolRuntime.Placement;
using ToolRuntime.Processes;
using ToolRuntime.Processes.History;
using ToolRuntime.Runners;
using ToolRuntime.SessionLog;
using ToolRuntime.Shares;
using ToolRuntime.Statistics;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Tools;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Sessions;

/// <summary>What sessions share with their silo.</summary>
internal sealed record SessionSilo(
    SessionLeftovers Leftovers,
    SessionPlaces Places,
    LocalSessions Sessions,
    SessionFiles Files,
    SessionEdits Edits,
    StatisticsRecorder? Statistics = null,
    IOptions<JobOptions>? Jobs = null,
    ProcessHistory? Processes = null)
{
    /// <summary>How long what ended is told.</summary>
    public TimeSpan JobsListFor { get; } = (Jobs?.Value ?? new()).ListFor;
}

/// <summary>What a session has outside its log: running tools, a folder, what tools have published, and results that silos share.</summary>
internal sealed class SessionLeftovers(
    RunnerHost runners, Workspaces workspaces, WorkspaceEdits edits, ISharedResults? results = null, IBlobStore? blobs = null, IRemoteWorkspaces? remote = null,
    ShareRevocation? shares = null, ProcessHistory? processes = null)
{
    /// <summary>
    /// Removes the results of its tools from what is stored beside the log. Before the log itself erases: that cleans the files of both.
    /// </summary>
    public Task ForgetResultsAsync(SessionKey session) => results?.ForgetAsync(session) ?? Task.CompletedTask;

    /// <summary>Removes what tools have published: of executions of which <paramref name="which"/> says so, or all.</summary>
    /// <exception cref="SessionLogUnavailableException">Something may be left.</exception>
    public async Task ForgetBlobsAsync(SessionKey session, Func<string, bool>? which)
    {
        if (blobs is null) return;
        try
        {
            await blobs.EraseAsync(session, which);
        }
        catch (BlobStoreException exception)
        {
            throw new SessionLogUnavailableException("What the session's tools have published can't be erased just now.", exception);
        }
    }

    /// <summary>Ends the links to replays of it that were made before an event came.</summary>
    public Task RevokeSharesAsync(SessionKey session, long before) => shares?.RevokeAsync(session, before) ?? Task.CompletedTask;

    /// <summary>Ends the tools, waits for them, and removes the folder, wherever it is saved too, and results. May be repeated.</summary>
    /// <exception cref="SessionLogUnavailableException">The store of workspaces is away.</exception>
    public async Task RemoveAsync(IGrainFactory grains, SessionKey session, ImmutableArray<string> executionKeys)
    {
        await Task.WhenAll(executionKeys.Select(key => grains.ReferenceTo<IToolExecutionGrain>(key).StopAsync()));
        await runners.StopAsync(session);
        await edits.StopAsync(session);
        try
        {
            await workspaces.DeleteAsync(session);
            if (remote is { Active: true }) await remote.EraseAsync(session);
        }
        catch (WorkspaceStoreException exception)
        {
            throw new SessionLogUnavailableException("The session's saved files can't be erased just now.", exception);
        }

        await ForgetBlobsAsync(session, null);
        await ForgetResultsAsync(session);
        await RevokeSharesAsync(session, long.MaxValue);
        if (processes is not null) await grains.GetGrain<IProcessesGrain>("processes").ForgetUseAsync(session);
    }

    /// <summary>The session is not on this silo any more.</summary>
    public ValueTask LeaveAsync(SessionKey session) => workspaces.LeaveAsync(session);
}
