using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>
/// Whether a process waits for its standard input, by the system call that its main thread is in. A wait for several things at once says nothing, nor does another
/// thread's.
/// </summary>
internal static class InputWait
{
    private static readonly (int Read, int[] First, int[] Several)? Calls = RuntimeInformation.ProcessArchitecture switch
    {
        // read; select, pselect6; poll, ppoll, epoll_wait, epoll_pwait, epoll_pwait2, io_uring_enter
        Architecture.X64 => (0, [23, 270], [7, 271, 232, 281, 441, 426]),
        Architecture.Arm64 => (63, [72], [73, 22, 441, 426]),
        _ => null,
    };

    /// <summary>True, false, or null where it can't be known.</summary>
    /// <param name="syscall">What <c>/proc/PID/syscall</c> says: a number and its arguments in hexadecimal.</param>
    /// <param name="stat">Its state.</param>
    public static bool? Of(ReadOnlySpan<byte> syscall, ProcStat stat)
    {
        if (stat.State is 'R' or 'T' or 't' or 'Z' or 'X') return false;
        if (Calls is not var (read, first, several) || !Utf8Parser.TryParse(syscall, out int call, out var used)) return null;
        var argument = Argument(syscall[Math.Min(used + 1, syscall.Length)..]);
        if (call == read && argument == 0) return true;
        if (Array.IndexOf(first, call) >= 0) return argument == 1 ? true : null; // select over descriptor 0 alone
        if (Array.IndexOf(several, call) >= 0 || stat.Threads > 1) return null;
        return false;
    }

    private static long? Argument(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)' ');
        var word = end < 0 ? text : text[..end];
        return word.StartsWith("0x"u8) && long.TryParse(word[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
