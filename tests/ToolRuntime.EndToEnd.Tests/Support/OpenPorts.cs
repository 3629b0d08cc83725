using System.Globalization;
using System.Net;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>The TCP ports on which a process listens, as the kernel has them.</summary>
internal static class OpenPorts
{
    private const string Listening = "0A";

    /// <summary>The addresses and ports; of IPv4 and IPv6.</summary>
    public static IReadOnlyList<IPEndPoint> Of(int processId)
    {
        var sockets = Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").Select(path => new FileInfo(path).LinkTarget).ToHashSet();
        return [.. Rows(processId, "tcp").Concat(Rows(processId, "tcp6")).Where(row => sockets.Contains($"socket:[{row.Inode}]")).Select(row => row.Address)];
    }

    private static IEnumerable<(IPEndPoint Address, string Inode)> Rows(int processId, string table) =>
        from line in File.ReadLines($"/proc/{processId}/net/{table}").Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields[3] == Listening
        select (Parse(fields[1]), fields[9]);

    /// <summary>The address in words of 32 bits, each as this machine's memory has it, and the port.</summary>
    private static IPEndPoint Parse(string text)
    {
        var (words, port) = (text[..text.IndexOf(':', StringComparison.Ordinal)], text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        var bytes = words.Chunk(8).SelectMany(word => BitConverter.GetBytes(uint.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        return new(new IPAddress(bytes.ToArray()), int.Parse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
