namespace ToolRuntime.Tools.Code;

/// <summary>Whether a program is there to be run.</summary>
internal static class Interpreters
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Of a path, or of a name that is looked up in <paramref name="path"/>.</summary>
    public static bool Exists(string program, string path) => program.Contains('/', StringComparison.Ordinal)
        ? IsExecutable(program)
        : path.Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => IsExecutable(Path.Combine(folder, program)));

    private static bool IsExecutable(string file) => File.Exists(file) && (File.GetUnixFileMode(file) & Executable) != 0;
}
