using System.Diagnostics;

namespace ToolRuntime.Runners;

/// <summary>Folders that are open to our own user only.</summary>
internal static class FolderTree
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
    }

    /// <summary>Removes a folder with all that is in it, if there is one. Links are removed, not followed.</summary>
    public static void Delete(string path)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException && !OperatingSystem.IsWindows() && Directory.Exists(path))
        {
            // Names that are not UTF-8 are others to .NET, and those do not exist; a folder without the right to write keeps what is in it.
            Run("find", [path, "-type", "d", "!", "-perm", "-700", "-exec", "chmod", "u+rwx", "{}", ";"]);
            var error = Run("rm", ["-rf", "--", path]);
            if (Directory.Exists(path)) throw new IOException($"The workspace can't be removed: {error}");
        }
    }

    private static string Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return error.Trim();
    }
}
