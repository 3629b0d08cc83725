using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>
/// Each session's sandbox. It is found by its name, which is the session's and unique at Daytona: whichever silo asks for it, however many at a time, there is one.
/// </summary>
internal sealed class DaytonaSandboxes(IOptions<DaytonaOptions> options, DaytonaApi api, DaytonaHttp http, TimeProvider time)
{
    // Prints the workspace's path, without links.
    private const string Prepare = """mkdir -p "$1" && cd "$1" && printf 'at %s' "$(pwd -P)" """;

    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SessionKey, Lazy<Task<SandboxPlace>>> places = new();

    /// <summary>
    /// Does something in the session's sandbox that can be done again. Where the sandbox turns out not to run any more, it is started and the same done once more.
    /// </summary>
    /// <exception cref="ProviderException">It can't be done.</exception>
    public async Task<T> UseAsync<T>(SessionKey session, ToolCounters? counters, Func<SandboxPlace, DaytonaToolbox, Task<T>> use, CancellationToken cancellationToken)
    {
        var known = places.TryGetValue(session, out var found) && found.IsValueCreated && found.Value.IsCompletedSuccessfully;
        var place = await GetAsync(session, counters, cancellationToken);
        try
        {
            return await use(place, ToolboxOf(place, counters));
        }
        catch (ProviderException e) when (known && MayHaveStopped(e.Status))
        {
            Forget(session, place);
            place = await GetAsync(session, counters, cancellationToken);
            return await use(place, ToolboxOf(place, counters));
        }
    }

    /// <summary>The calls of a sandbox, counted.</summary>
    public DaytonaToolbox ToolboxOf(SandboxPlace place, ToolCounters? counters) => new(http, place.Toolbox, counters);

    /// <summary>What was known of it may hold no longer.</summary>
    public void Forget(SessionKey session, SandboxPlace place)
    {
        if (places.TryGetValue(session, out var known) && known is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result: var at } } && at == place) places.TryRemove(new(session, known));
    }

    /// <summary>Tells Daytona that the sandbox is in use.</summary>
    public Task KeepAsync(SandboxPlace place, ToolCounters? counters, CancellationToken cancellationToken) => api.KeepAsync(place.Id, counters, cancellationToken);

    /// <summary>The session's sandbox, if it has one; it is neither made nor started.</summary>
    public async Task<bool> ExistsAsync(SessionKey session, CancellationToken cancellationToken) =>
        places.ContainsKey(session) || await api.FindAsync(NameOf(session), null, cancellationToken) is not null;

    /// <summary>Deletes the session's sandbox with all that is in it. May be repeated.</summary>
    public async Task DeleteAsync(SessionKey session, CancellationToken cancellationToken)
    {
        if (places.TryRemove(session, out var known) && known.IsValueCreated) await ((Task)known.Value).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (await api.FindAsync(NameOf(session), null, cancellationToken) is { } sandbox) await api.DeleteAsync(sandbox.Id, cancellationToken);
    }

    private async Task<SandboxPlace> GetAsync(SessionKey session, ToolCounters? counters, CancellationToken cancellationToken)
    {
        if (places.TryGetValue(session, out var failed) && failed is { IsValueCreated: true, Value.IsFaulted: true }) places.TryRemove(new(session, failed));
        var place = places.GetOrAdd(session, key => new(() => FindOrCreateAsync(key, counters)));
        try
        {
            // One makes it, all wait; that one of them gives up is nothing to the others.
            return await place.Value.WaitAsync(cancellationToken);
        }
        catch when (place.Value is { IsFaulted: true } or { IsCanceled: true })
        {
            places.TryRemove(new(session, place));
            throw;
        }
    }

    private async Task<SandboxPlace> FindOrCreateAsync(SessionKey session, ToolCounters? counters)
    {
        using var over = new CancellationTokenSource(options.Value.StartTimeout, time);
        try
        {
            var sandbox = await StartedAsync(session, counters, over.Token);
            if (sandbox.Tenant != session.Tenant || sandbox.Session != session.Session)
            {
                throw ProviderFaults.Failed(http.Provider, $"the sandbox '{NameOf(session)}' is not this session's; another ToolRuntime:Sandbox:Daytona:Prefix would be");
            }

            var toolbox = await api.ToolboxOfAsync(sandbox, counters, over.Token);
            var said = await new DaytonaToolbox(http, toolbox, counters).ExecuteAsync(Prepare, over.Token, options.Value.Folder);
            return said.StartsWith("at /", StringComparison.Ordinal)
                ? new(sandbox.Id, toolbox, said[3..])
                : throw ProviderFaults.Failed(http.Provider, $"the folder '{options.Value.Folder}' can't be made in the sandbox");
        }
        catch (OperationCanceledException e) when (over.IsCancellationRequested)
        {
            throw ProviderFaults.TimedOut(http.Provider with { Timeout = options.Value.StartTimeout }, e);
        }
    }

    private async Task<SandboxFacts> StartedAsync(SessionKey session, ToolCounters? counters, CancellationToken cancellationToken)
    {
        var name = NameOf(session);
        for (var (poll, starts) = (FirstPoll, 0); ; poll = poll * 2 < LongestPoll ? poll * 2 : LongestPoll)
        {
            var sandbox = await api.FindAsync(name, counters, cancellationToken) ?? await api.CreateAsync(name, session, counters, cancellationToken);
            switch (sandbox?.State)
            {
                case "started":
                    return sandbox;
                case "error" or "build_failed":
                    var why = sandbox.Reason is { Length: > 0 } reason ? $": {VisibleText.Cut(VisibleText.Of(reason), 200)}" : ".";
                    throw new ProviderException(new(ProviderFaults.Code, $"The session's sandbox of Daytona is in error{why}"));
                // What is not started after a while is told to again: it may have been stopping.
                case "stopped" or "archived" or "paused" when starts++ % 4 == 0:
                    await api.StartAsync(sandbox.Id, counters, cancellationToken);
                    break;
            }

            await Task.Delay(poll, time, cancellationToken);
        }
    }

    // Of one that does not run, or is gone, the way to it tells in its own words.
    private static bool MayHaveStopped(HttpStatusCode? status) => status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.Gone
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private string NameOf(SessionKey session) =>
        $"{options.Value.Prefix}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session.ToString())).AsSpan(0, 16))}";
}

/// <summary>Where a session's sandbox is.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Toolbox">Where its calls go.</param>
/// <param name="Workspace">The workspace's path there.</param>
internal sealed record SandboxPlace(string Id, Uri Toolbox, string Workspace);
