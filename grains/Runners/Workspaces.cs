using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Runners;

/// <summary>Where workspaces are; section <c>ToolRuntime:Data</c>.</summary>
public sealed class WorkspaceOptions
{
    /// <summary>
    /// The data folder; workspaces are <c>workspaces/&lt;tenant&gt;/&lt;session&gt;</c> in it. Default <c>data</c>, relative to the working
    /// folder.
    /// </summary>
    [Required]
    public string Path { get; set; } = "data";
}

/// <summary>
/// A folder per session, made on first use and open to our own user only. Ids are path segments as they are: <see cref="EntityId"/> allows
/// no separator, no <c>.</c> and no <c>..</c>.
/// </summary>
internal sealed class Workspaces(IOptions<WorkspaceOptions> options)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string root = Path.Combine(Path.GetFullPath(options.Value.Path), "workspaces");

    /// <summary>The session's folder, absolute; it exists.</summary>
    public string Open(SessionKey session)
    {
        var path = Find(session);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
        return path;
    }

    /// <summary>Removes the session's folder with all that is in it, if there is one. Links are removed, not followed.</summary>
    public void Delete(SessionKey session)
    {
        var path = Find(session);
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
        catch (IOException) when (!OperatingSystem.IsWindows() && Directory.Exists(path))
        {
            // Names that are not UTF-8 are others to .NET, and those do not exist.
            Remove(path);
        }
    }

    private static void Remove(string path)
    {
        using var remove = Process.Start(new ProcessStartInfo("rm", ["-rf", "--", path]) { RedirectStandardError = true })!;
        var error = remove.StandardError.ReadToEnd();
        remove.WaitForExit();
        if (Directory.Exists(path)) throw new IOException($"The workspace can't be removed: {error.Trim()}");
    }

    private string Find(SessionKey session)
    {
        if (!EntityId.IsValid(session.Tenant) || !EntityId.IsValid(session.Session))
        {
            throw new ArgumentException($"'{session}' is no session key.", nameof(session));
        }

        return Path.Combine(root, session.Tenant, session.Session);
    }
}
