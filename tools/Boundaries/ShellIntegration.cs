using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace ToolRuntime.Tools.Boundaries;

/// <summary>
/// Starts a shell so that it marks its turns. The script reaches it by a pipe, or by a file that it removes at once, so that its nonce is in no environment and no
/// list of arguments.
/// </summary>
/// <param name="Arguments">What bash, as a command of its own, is started with.</param>
/// <param name="Script">What that has in <see cref="Variable"/>, and the shell no longer.</param>
/// <param name="Nonce">What the shell says its commands with.</param>
internal sealed partial record ShellIntegration(ImmutableArray<string> Arguments, string Script, string Nonce)
{
    public const string Variable = "TOOLRUNTIME_INTEGRATION";

    private const string Place = "@NONCE@";
    private const string Folder = "ToolRuntime.Tools.Boundaries.Shells.";

    private const string Launch = """
        script=$TOOLRUNTIME_INTEGRATION
        unset TOOLRUNTIME_INTEGRATION
        case $1 in
          */bash|bash) exec "$1" --rcfile <(printf %s "$script") -i ;;
          */zsh|zsh)
            if folder=$(umask 077 && mktemp -d) && printf %s "$script" >"$folder/.zshenv"; then
              [ -z "${ZDOTDIR+x}" ] || export TOOLRUNTIME_ZDOTDIR=$ZDOTDIR
              export ZDOTDIR=$folder
            fi ;;
          */fish|fish)
            if file=$(umask 077 && mktemp) && printf %s "$script" >"$file"; then
              exec "$1" --init-command "source '$file'; command rm -f '$file'"
            fi ;;
        esac
        exec "$1"
        """;

    /// <summary>Null where it is no shell that can be told to.</summary>
    /// <param name="bash">The shell that runs command lines.</param>
    /// <param name="line">The command line; null: that shell itself.</param>
    public static ShellIntegration? For(string bash, string? line)
    {
        if (Path.GetFileName(bash) != "bash") return null;
        var shell = line is null ? bash : Shell().Match(line) is { Success: true } match ? match.Groups[1].Value : null;
        if (shell is null) return null;
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        using var script = new StreamReader(typeof(ShellIntegration).Assembly.GetManifestResourceStream(Folder + Path.GetFileName(shell))!);
        return new(["-c", Launch, "bash", shell], script.ReadToEnd().Replace(Place, nonce, StringComparison.Ordinal), nonce);
    }

    [GeneratedRegex(@"^\s*((?:/[A-Za-z0-9._/-]*/)?(?:bash|zsh|fish))(?:\s+-i)?\s*$")]
    private static partial Regex Shell();
}
