namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>What is done with files inside a sandbox. Each first finds out where a path leads; outside of the workspace nothing is done.</summary>
internal static class FileScripts
{
    // $1 workspace  $2 path in it; r: where that leads.
    private const string Find = """
        r=$(readlink -m -- "$1/$2")
        case $r/ in "$1"/*) ;; *) echo outside; exit 0 ;; esac
        """ + "\n";

    private const string FindExisting = Find + """
        [ -e "$r" ] || { echo missing; exit 0; }
        """ + "\n";

    private const string FindFile = FindExisting + """
        [ -f "$r" ] || { echo other; exit 0; }
        s=$(stat -c '%s %Y %Z.%i' -- "$r") || { echo denied; exit 0; }
        [ -r "$r" ] || { echo denied; exit 0; }
        """ + "\n";

    /// <summary>A file's size, times and path.</summary>
    public const string Locate = FindFile + """printf 'file %s\n%s' "$s" "$r" """;

    /// <summary>The same, and a part of the file in base64: $3 its first byte, from 1, $4 how many.</summary>
    public const string Read = FindFile + """printf 'file %s\n' "$s"; tail -c "+$3" -- "$r" | head -c "$4" | base64 -w 0""";

    /// <summary>What is in a folder: $3 how deep, $4 most bytes of the list.</summary>
    public const string List = FindExisting + """
        [ -d "$r" ] || { echo other; exit 0; }
        cd "$r" || { echo denied; exit 0; }
        printf 'folder\n'
        find . -mindepth 1 -maxdepth "$3" -printf '%y %s:%T@ %P\0' | head -c "$4"
        """;

    /// <summary>The files of the workspace that are not hidden, with the time by the sandbox's clock: $3 most bytes of the list; the rest is names of folders that are left out.</summary>
    public const string Scan = """
        cd "$1" || exit 0
        n=$2; shift 2
        printf 'at %s\n' "$(date +%s)"
        for name do set -- "$@" -o -name "$name"; shift; done
        find . -mindepth 1 \( -name '.*' "$@" \) -prune -o -type f -printf '%s %C@ %P\0' | head -c "$n"
        """;

    /// <summary>Puts $3, a file of the workspace, in the place of $2; $4: whether folders are made.</summary>
    public const string Replace = """
        n=$1/$3
        trap 'rm -f -- "$n"' EXIT
        """ + "\n" + Find + """
        [ ! -d "$r" ] || { echo other; exit 0; }
        [ ! -e "$r" ] || [ -f "$r" ] || { echo other; exit 0; }
        p=$(dirname -- "$r")
        if [ ! -d "$p" ]; then
          [ ! -e "$p" ] || { echo notfolder; exit 0; }
          [ "$4" = yes ] || { echo missing; exit 0; }
          mkdir -p -- "$p" || { echo notfolder; exit 0; }
        fi
        said=created
        if [ -e "$r" ]; then said=replaced; chmod --reference="$r" -- "$n"; else chmod 644 -- "$n"; fi
        mv -f -- "$n" "$r" && echo "$said" || echo denied
        """;

    /// <summary>Whether a file can be written there; $3: whether folders are made.</summary>
    public const string MayWrite = Find + """
        [ ! -d "$r" ] || { echo other; exit 0; }
        [ ! -e "$r" ] || [ -f "$r" ] || { echo other; exit 0; }
        [ "$3" = yes ] || [ -d "$(dirname -- "$r")" ] || { echo missing; exit 0; }
        printf 'ok %s' "$r"
        """;
}
