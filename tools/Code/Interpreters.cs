namespace ToolRuntime.Tools.Code;

/// <summary>Whether a program is there to be run.</summary>
internal static class Interpreters
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Of a path, or of a name that is looked up in <paramref name="path"/>, among the files that a command gets to see.</summary>
    public static bool Exists(string program, string path, Func<string, bool> shows) => program.Contains('/', StringComparison.Ordinal)
        ? shows(program) && IsExecutable(program)
        : path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, program)).Any(file => shows(file) && IsExecutable(file));

    private static bool IsExecutable(string file) => File.Exists(file) && (File.GetUnixFileMode(file) & Executable) != 0;
}
