namespace ToolRuntime.Tools.Files;

/// <summary>A file tool can't do what it is asked; <see cref="Error"/> is the call's result.</summary>
internal sealed class FileToolException(ToolError error) : Exception(error.Message)
{
    /// <summary>The longest name that Linux's file systems have.</summary>
    public const int NameBytes = 255;

    public ToolError Error { get; } = error;

    public static FileToolException Outside(string path) => new(new("path_outside_workspace", $"'{path}' leads out of the workspace."));

    public static FileToolException NotFound(string path) => new(new("not_found", $"'{path}' does not exist."));

    public static FileToolException NotAFile(string path) => new(new("not_a_file", $"'{path}' is no regular file."));

    public static FileToolException NotAFolder(string path) => new(new("not_a_folder", $"'{path}' is no folder."));

    public static FileToolException NameTooLong(string path) =>
        new(new("name_too_long", $"A name in '{path}' is too long: {NameBytes} bytes of UTF-8 are allowed."));

    public static FileToolException TooLarge(string path, long size, long limit) =>
        new(new("too_large", $"'{path}' has {size} bytes; {limit} are allowed."));
}
