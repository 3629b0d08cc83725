using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Gateway.Security;

/// <summary>
/// What cookies are signed with: as configured, or else a random secret that is kept in the data folder, so that a restart signs nobody
/// out.
/// </summary>
internal sealed class CookieSecret(IOptions<AccessOptions> options, IOptions<CookieSecretOptions> place)
{
    private const string FileName = "cookie.secret";
    private const int Length = 32;

    private readonly Lazy<byte[]> value = new(() => options.Value.CookieSecret is { } text
        ? Encoding.UTF8.GetBytes(text)
        : Load(place.Value.Path));

    public byte[] Value => value.Value;

    private static byte[] Load(string folder)
    {
        var path = Path.Combine(Path.GetFullPath(folder), FileName);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: Length } kept) return kept;
        var made = RandomNumberGenerator.GetBytes(Length);
        var settings = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, settings);
        file.Write(made);
        return made;
    }
}

/// <summary>Where the secret is kept; section <c>ToolRuntime:Data</c>.</summary>
internal sealed class CookieSecretOptions
{
    /// <summary>The data folder. Default <c>data</c>, relative to the working folder.</summary>
    public string Path { get; set; } = "data";
}
