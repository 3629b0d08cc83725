using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ToolRuntime.Recovery;

/// <summary>What is to come after a silo's host has stopped.</summary>
public sealed class SiloFate
{
    private volatile bool startAgain;

    /// <summary>Whether the process is to start a new host.</summary>
    public bool StartAgain
    {
        get => startAgain;
        set => startAgain = value;
    }
}

/// <summary>Runs a silo's host, and another one after it where the first was cut off from the store.</summary>
public static class SiloRuns
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Returns when a host has stopped that was not cut off. After one that was, a new one is started again and again until it comes up; the first one's failure to
    /// start is thrown.
    /// </summary>
    /// <param name="build">Makes a host, with <see cref="SiloFate"/> among its services (<c>AddStoreIsolation</c>).</param>
    /// <param name="time">The clock of pauses between tries; the system's unless given.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(Func<IHost> build, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(build);
        for (var again = false; ; again = true)
        {
            var host = await StartAsync(build, again, time ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
            bool startAgain;
            try
            {
                await host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
                startAgain = host.Services.GetService<SiloFate>()?.StartAgain == true;
            }
            finally
            {
                await DisposeAsync(host).ConfigureAwait(false);
            }

            if (!startAgain || cancellationToken.IsCancellationRequested) return;
        }
    }

    private static async Task<IHost> StartAsync(Func<IHost> build, bool repeat, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            var host = build();
            try
            {
                await host.StartAsync(cancellationToken).ConfigureAwait(false);
                return host;
            }
            catch (Exception) when (repeat && !cancellationToken.IsCancellationRequested)
            {
                await DisposeAsync(host).ConfigureAwait(false);
            }
            catch
            {
                await DisposeAsync(host).ConfigureAwait(false);
                throw;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        else host.Dispose();
    }
}
