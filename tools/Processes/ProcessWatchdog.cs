using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Tools.Processes;

/// <summary>
/// A small process in a session of its own that outlives the silo by a moment. It knows the process groups of all tools and kills them when
/// the silo's end of its pipe closes, however the silo died, and in a cluster when the silo hangs for as long as its lease. One per silo; when it dies itself it
/// is started again and told of all groups.
/// </summary>
internal sealed partial class ProcessWatchdog(ControlGroups controlGroups, TimeProvider time, ILogger<ProcessWatchdog> logger, RunnerLease? lease = null)
    : IHostedService, IDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly HashSet<int> groups = [];
    private Process? process;
    private long startedAt;
    private volatile bool disposed;
    private long fedAt;
    private long hungAt;
    private WatchdogFeed? feed;
    private CancellationTokenRegistration over;

    /// <summary>Marks every process of this silo, in its environment.</summary>
    public KeyValuePair<string, string> Mark { get; } = new("TOOLRUNTIME_SILO", RandomNumberGenerator.GetHexString(32, lowercase: true));

    /// <summary>The watchdog's process id, if it runs.</summary>
    internal int? ProcessId => process?.Id;

    /// <summary>Starts the watchdog ahead of its first use. A failure is only logged: what starts a process tries again and says so.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (lease is not null)
        {
            feed = new(Feed);
            over = lease.Over.Register(Dispose);
        }

        try
        {
            await WithProcessAsync(_ => Task.CompletedTask);
        }
        catch (WatchdogUnavailableException exception)
        {
            LogUnavailable(exception);
        }
    }

    /// <summary>Does nothing: tools may still be ending while the host stops. The end comes with <see cref="Dispose"/>.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Once this returns, the group dies with the silo.</summary>
    /// <exception cref="WatchdogUnavailableException">The watchdog can't be started.</exception>
    public Task AddAsync(int group) => WithProcessAsync(running =>
    {
        groups.Add(group);
        return TellAsync(running, '+', group);
    });

    /// <summary>The group is gone.</summary>
    public async Task RemoveAsync(int group)
    {
        await turn.WaitAsync();
        try
        {
            if (groups.Remove(group) && process is { } running) await TellAsync(running, '-', group);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It is dead or about to end; a successor is only told of the groups that are left.
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Closes the pipe: the watchdog kills what is left and exits.</summary>
    public void Dispose()
    {
        disposed = true;
        feed?.Dispose();
        over.Unregister();
        process?.StandardInput.BaseStream.Dispose();
    }

    /// <summary>Whether the silo has hung since then for so long that the watchdog may have taken it for dead.</summary>
    internal bool HungSince(long timestamp) => lease is not null && (Volatile.Read(ref hungAt) > timestamp || Hangs);

    private bool Hangs => time.GetElapsedTime(Volatile.Read(ref fedAt)) >= lease!.Length / 2;

    private void Feed()
    {
        if (fedAt != 0 && Hangs) Volatile.Write(ref hungAt, time.GetTimestamp());
        Volatile.Write(ref fedAt, time.GetTimestamp());
        try
        {
            process?.StandardInput.BaseStream.Write(WatchdogLease.Feed);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It is dead or about to end; its successor is fed next time.
        }
    }

    private async Task WithProcessAsync(Func<Process, Task> action)
    {
        await turn.WaitAsync();
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            try
            {
                await action(process ?? await LaunchAsync());
            }
            catch (IOException)
            {
                await action(await LaunchAsync());
            }
        }
        catch (Exception exception) when (exception is not WatchdogUnavailableException)
        {
            throw new WatchdogUnavailableException(exception);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<Process> LaunchAsync()
    {
        process = null;
        Inheritance.CloseOnExec();
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        string[] watchdog = ["/bin/sh", "-c", WatchdogScript.Text, "toolruntime-watchdog", $"{Mark.Key}={Mark.Value}", controlGroups.Folder ?? "", .. controlGroups.SeparateFolders];
        foreach (var argument in WatchdogLease.Before(watchdog, lease)) start.ArgumentList.Add(argument);
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = path;

        var fresh = new Process { StartInfo = start, EnableRaisingEvents = true };
        fresh.Exited += (_, _) => _ = RestartAsync(fresh);
        Inheritance.Start(fresh);
        try
        {
            using var output = fresh.StandardOutput;
            if (await output.ReadLineAsync().WaitAsync(ReadyTimeout, time) != WatchdogScript.Ready) throw new IOException("The watchdog did not come up.");
            foreach (var group in groups) await TellAsync(fresh, '+', group);
            if (lease is not null) await BeginLeaseAsync(fresh);
        }
        catch
        {
            await fresh.StandardInput.BaseStream.DisposeAsync();
            throw;
        }

        startedAt = time.GetTimestamp();
        process = fresh;
        LogStarted(fresh.Id);
        return fresh;
    }

    /// <summary>The first feed begins the lease; no process may start before it, or a silo that hangs at once would never be noticed.</summary>
    private static async Task BeginLeaseAsync(Process watchdog)
    {
        await watchdog.StandardInput.BaseStream.WriteAsync(WatchdogLease.Feed);
        await watchdog.StandardInput.BaseStream.FlushAsync();
    }

    private async Task RestartAsync(Process exited)
    {
        if (disposed || exited != process) return;
        LogDied(exited.Id);
        if (time.GetElapsedTime(startedAt) < RestartPause) await Task.Delay(RestartPause, time);
        await turn.WaitAsync();
        try
        {
            if (disposed || exited != process) return;
            await LaunchAsync();
            exited.Dispose();
        }
        catch (Exception exception)
        {
            LogUnavailable(exception);
        }
        finally
        {
            turn.Release();
        }
    }

    // A line is far shorter than what a pipe takes in one piece, so the watchdog never sees a part of it.
    private static async Task TellAsync(Process watchdog, char what, int group)
    {
        var pipe = watchdog.StandardInput.BaseStream;
        await pipe.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{what}{group}\n")));
        await pipe.FlushAsync();
    }
}
