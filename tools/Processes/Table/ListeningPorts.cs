using System.Buffers.Text;
using System.Globalization;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>The TCP ports that somebody listens on in the host's network, by their sockets.</summary>
internal sealed class ListeningPorts
{
    private const int StateField = 3;
    private const int InodeField = 9;

    private Dictionary<long, int> now = [];
    private Dictionary<long, int> before = [];

    /// <summary>Ports by socket.</summary>
    public IReadOnlyDictionary<long, int> ByInode => now;

    /// <summary>Looks again. True: there are sockets that were not there before.</summary>
    public bool Look(ProcFile files)
    {
        (now, before) = (before, now);
        now.Clear();
        Take(files.Read("/proc/net/tcp\0"u8));
        Take(files.Read("/proc/net/tcp6\0"u8));
        foreach (var inode in now.Keys) if (!before.ContainsKey(inode)) return true;
        return false;
    }

    // "sl local_address rem_address st tx_queue:rx_queue tr:when retrnsmt uid timeout inode ..."
    private void Take(ReadOnlySpan<byte> table)
    {
        foreach (var range in table.Split((byte)'\n'))
        {
            var (field, port, inode, listens) = (0, 0, 0L, false);
            var line = table[range];
            foreach (var part in line.Split((byte)' '))
            {
                var word = line[part];
                if (word.IsEmpty) continue;
                if (field == 1 && word.LastIndexOf((byte)':') is >= 0 and var colon) _ = int.TryParse(word[(colon + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out port);
                else if (field == StateField && !(listens = word.SequenceEqual("0A"u8))) break;
                else if (field == InodeField) _ = Utf8Parser.TryParse(word, out inode, out _);
                if (field++ == InodeField) break;
            }

            if (listens && inode != 0) now[inode] = port;
        }
    }
}
