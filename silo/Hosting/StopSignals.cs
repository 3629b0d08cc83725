using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace ToolRuntime.Silo.Hosting;

/// <summary>
/// The first signal stops the host, which takes its time; a second one ends the process at once, and everything goes on after the restart as after a crash.
/// </summary>
internal sealed class StopSignals : IHostedService, IDisposable
{
    private const int Signalled = 128;

    private static readonly (PosixSignal Signal, int Number)[] Known =
        [(PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15)];

    private readonly List<PosixSignalRegistration> registrations = [];
    private int seen;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (signal, number) in Known) registrations.Add(PosixSignalRegistration.Create(signal, context => OnSignal(context, number)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }

    private void OnSignal(PosixSignalContext context, int number)
    {
        context.Cancel = true; // the host's own way to stop
        if (Interlocked.Increment(ref seen) > 1) Environment.Exit(Signalled + number);
    }
}
