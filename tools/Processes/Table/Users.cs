using System.Buffers.Binary;
using System.Globalization;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>Whose processes are.</summary>
internal sealed class Users
{
    private const int UserAt = 20;

    private readonly Dictionary<uint, string> names = Names();

    /// <summary>The name of who a process belongs to, else the number.</summary>
    public string Of(ProcFile files, int pid)
    {
        Span<byte> status = stackalloc byte[256];
        if (Libc.Status(Libc.CurrentFolder, files.PathOf(pid, default), 0, Libc.BasicStatus, status) != 0) return "";
        var user = BinaryPrimitives.ReadUInt32LittleEndian(status[UserAt..]);
        if (names.TryGetValue(user, out var name)) return name;
        return names[user] = user.ToString(CultureInfo.InvariantCulture);
    }

    private static Dictionary<uint, string> Names()
    {
        var found = new Dictionary<uint, string>();
        try
        {
            foreach (var line in File.ReadLines("/etc/passwd"))
            {
                if (line.Split(':') is [var name, _, var id, ..] && uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var user)) found.TryAdd(user, name);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // then they are numbers
        }

        return found;
    }
}
