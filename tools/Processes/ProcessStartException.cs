using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ToolRuntime.Tools.Processes;

/// <summary>The operating system starts no such process, now or ever. .NET's own message would name internal paths.</summary>
internal sealed class ProcessStartException(Win32Exception inner) : Exception(Say(inner), inner)
{
    public ToolError Error { get; } = inner.NativeErrorCode switch
    {
        Libc.ArgumentsTooLong => new("environment_too_long", "The command and its environment variables are too long together."),
        Libc.TryAgain or Libc.NoMemory => new("process_unavailable", Say(inner), Retryable: true),
        _ => new("process_unavailable", Say(inner)),
    };

    private static string Say(Win32Exception inner) =>
        $"The process can't be started: {Marshal.GetPInvokeErrorMessage(inner.NativeErrorCode)}.";
}
