using System.Runtime.InteropServices;

namespace ToolRuntime.Gateway.Hosting;

/// <summary>
/// A write beyond a limit of file size (<c>ulimit -f</c>, <c>LimitFSIZE=</c>) fails as on a full disk. The signal that comes with it would
/// end the whole server. It is handled, not ignored, so that programs which are started get its default again.
/// </summary>
internal static class FileSizeSignal
{
    private const PosixSignal FileSizeExceeded = (PosixSignal)25; // SIGXFSZ

    /// <summary>Keeps the process alive at the signal until the result is disposed.</summary>
    public static IDisposable Survive() => PosixSignalRegistration.Create(FileSizeExceeded, context => context.Cancel = true);
}
