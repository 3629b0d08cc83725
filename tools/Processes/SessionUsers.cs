using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ToolRuntime.Tools.Processes;

/// <summary>
/// Where the server is root: a user of its own for each session, whom the kernel holds apart from all others even where a namespace failed. It owns the workspace;
/// what the server itself has written there becomes its own before a command begins.
/// </summary>
internal static class SessionUsers
{
    // Above what systems and their containers hand out, below what 32 bits with a sign hold.
    private const uint First = 1 << 30, Count = 1 << 29;

    // The folders above the workspace are the server's alone, so it is bound to where its user may enter, in a mount namespace that only the command has.
    // `chown` follows no link, nor a folder that is exchanged for one meanwhile.
    private const string Script = """
        user=$1 workspace=$2 processes=$3
        shift 3
        chown -hR --from=0:0 "$user:$user" "$workspace" 2>/dev/null
        exec unshare --mount --propagation private /bin/sh -c 'mount --bind "$1" /mnt && shift && exec "$@"' toolruntime-user "$workspace" \
          prlimit ${processes:+"--nproc=$processes"} --core=0 setpriv "--reuid=$user" "--regid=$user" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
        """;

    /// <summary>Where the workspace is for who starts as its user.</summary>
    public const string Place = "/mnt";

    /// <summary>Whether there can be such users: only root may become another.</summary>
    public static bool Possible => Environment.IsPrivilegedProcess;

    /// <summary>The same on every silo: it comes from the names of the tenant and the session, which end the workspace's path.</summary>
    public static uint Of(string workspace)
    {
        var session = workspace.AsSpan().TrimEnd('/');
        var tenant = Path.GetDirectoryName(session);
        var name = $"{Path.GetFileName(tenant)}/{Path.GetFileName(session)}";
        return First + (BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) % Count);
    }

    /// <summary>The arguments of <c>/bin/sh</c> that become the session's user and then run a program.</summary>
    /// <param name="workspace">Whose.</param>
    /// <param name="processes">How many the user may have at a time; null for no limit of its own.</param>
    /// <param name="program">The program, and its arguments.</param>
    public static IEnumerable<string> Become(string workspace, int? processes, IEnumerable<string> program)
    {
        var user = Of(workspace).ToString(CultureInfo.InvariantCulture);
        var limit = processes?.ToString(CultureInfo.InvariantCulture) ?? "";
        return ["-c", Script, "toolruntime-user", user, workspace, limit, .. program];
    }
}
