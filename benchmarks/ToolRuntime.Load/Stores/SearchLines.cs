using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Events;
using ToolRuntime.Load.Figures;
using ToolRuntime.Search;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Load.Stores;

/// <summary>
/// Search over many lines of output, in the index of one process: <c>search fill FOLDER LINES</c> writes lines such as builds and servers print, and may be called again to go on;
/// <c>search query FOLDER</c> asks for words that are nowhere, rare, common and everywhere.
/// </summary>
internal static class SearchLines
{
    private const int TextLength = 4_000;
    private const int TextsAtATime = 256;
    private const int LinesOfASession = 20_000;
    private const int Asked = 400;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(8);
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Levels = ["INFO", "INFO", "INFO", "DEBUG", "DEBUG", "WARN", "ERROR"];
    private static readonly string[] Does = ["compiled", "linked", "fetched", "tested", "copied", "restored", "deployed", "checked", "skipped", "retried"];

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var what and ("fill" or "query"), var folder, ..]) throw new ArgumentException("search fill FOLDER LINES, or search query FOLDER");
        using var index = new SqliteSearchIndex(Options.Create(new SqliteSearchOptions { Path = Path.Combine(folder, "search.db"), TimeoutMs = 60_000 }));
        if (what == "fill") await FillAsync(index, int.Parse(args[2], CultureInfo.InvariantCulture));
        else await QueryAsync(index);
        var bytes = new DirectoryInfo(folder).EnumerateFiles("search.db*").Sum(file => file.Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"files: {bytes / 1e6:0} MB"));
        return 0;
    }

    private static async Task FillAsync(SqliteSearchIndex index, int lines)
    {
        var (done, written, slowest, began) = ((await index.ListAsync(null, int.MaxValue)).Sum(known => known.Place.Seq), 0L, 0.0, Stopwatch.GetTimestamp());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} lines are there"));
        while (done < lines && Stopwatch.GetElapsedTime(began) < Longest)
        {
            var (session, documents, bytes) = Session(done);
            foreach (var some in documents.Chunk(TextsAtATime))
            {
                var before = await index.FindAsync(session);
                var place = new SearchPlace("epoch", some[^1].Last - done, 0);
                var from = Stopwatch.GetTimestamp();
                if (!(await index.WriteAsync([new(session, "dev", before, place, false, [], [.. some], [])])).IsEmpty) throw new InvalidOperationException("It was refused.");
                slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }

            done += LinesOfASession;
            written += bytes;
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{done} lines; {written / 1e6:0} MB in {seconds:0} s: {written / 1e6 / seconds:0.0} MB/s; slowest batch of {TextsAtATime} texts {slowest:0} ms"));
    }

    private static (SessionKey Session, List<SearchDocument> Documents, long Bytes) Session(long from)
    {
        var random = new Random((int)(from / LinesOfASession));
        var (documents, text, first, bytes) = (new List<SearchDocument>(), new StringBuilder(), from + 1, 0L);
        for (var line = from + 1; line <= from + LinesOfASession; line++)
        {
            AppendLine(text, random, line);
            if (text.Length < TextLength - 120 && line < from + LinesOfASession) continue;
            documents.Add(new(SearchKind.Output, first, line, Begin.AddMilliseconds(line * 30), "e1", text.ToString()) { ExecutionId = "e1", Tool = "shell", User = "dev", Stream = OutputStream.Stdout, Line = (int)(first - from) });
            bytes += text.Length;
            first = line + 1;
            text.Clear();
        }

        return (new("dev", $"s{from / LinesOfASession:D6}"), documents, bytes);
    }

    /// <summary>About 85 characters: a level and a verb that are nearly everywhere, a path of some thousand, a number of few, an id of its own.</summary>
    private static void AppendLine(StringBuilder text, Random random, long line)
    {
        var module = (int)(5_000 * Math.Pow(random.NextDouble(), 3));
        text.Append(CultureInfo.InvariantCulture, $"[{line / 3_600 % 24:D2}:{line / 60 % 60:D2}:{line % 60:D2}] {Levels[random.Next(Levels.Length)]} {Does[random.Next(Does.Length)]} src/module{module}/part{random.Next(40)}.ts in {random.Next(3_000)} ms, task-{line:x8}\n");
        if (random.Next(2_000) == 0) text.Append(CultureInfo.InvariantCulture, $"connection refused by upstream host{random.Next(300)}\n");
    }

    private static async Task QueryAsync(SqliteSearchIndex index)
    {
        var lines = (await index.ListAsync(null, int.MaxValue)).Sum(known => known.Place.Seq);
        var all = new Samples();
        (string Name, Func<Random, string> Query)[] kinds =
        [
            ("an id of one line", random => $"task-{random.NextInt64(1, lines):x8}"),
            ("nowhere", random => $"nowhere{random.Next(1_000)}"),
            ("rare phrase", random => $"\"refused by upstream host{random.Next(300)}\""),
            ("rare pair", random => $"upstream module{random.Next(5_000)}"),
            ("path", random => $"src/module{random.Next(5_000)}/part{random.Next(40)}.ts"),
            ("beginning, typed on", random => $"upst*"),
            ("beginning of many", random => $"modu*"),
            ("everywhere", random => "error"),
            ("everywhere, three words", random => "error compiled src"),
            ("everywhere, in one session", random => $"session:{random.NextInt64(lines / LinesOfASession):D6} error"),
        ];
        foreach (var (name, query) in kinds)
        {
            var (samples, random) = (new Samples(), new Random(7));
            for (var i = 0; i < Asked / kinds.Length; i++)
            {
                var text = query(random);
                var session = text.StartsWith("session:", StringComparison.Ordinal) ? $"s{text[8..14]}" : null;
                var request = new SearchRequest(new("dev", "dev", []), SearchQuery.Read(session is null ? text : text[14..], out _)!, 20) { Session = session };
                var from = Stopwatch.GetTimestamp();
                await index.SearchAsync(request);
                samples.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
                all.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }

            Tell(name, samples);
        }

        Tell($"all, over {lines} lines", all);
    }

    private static void Tell(string name, Samples samples) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-30} p50 {samples.At(0.5),7:0.0} ms   p95 {samples.At(0.95),7:0.0} ms   max {samples.Max,7:0.0} ms"));
}
