using System.Text;
using BenchmarkDotNet.Attributes;
using ToolRuntime.Tools;
using ToolRuntime.Tools.Boundaries;

namespace ToolRuntime.Benchmarks;

/// <summary>What seeing turns adds to a terminal's output: 1 MB of it, in pieces as they are logged.</summary>
public class BoundaryBenchmarks
{
    private const int Piece = 32 * 1024;
    private readonly byte[] plain = new byte[1 << 20];
    private readonly byte[] coloured = new byte[1 << 20];

    [GlobalSetup]
    public void Print()
    {
        Fill(plain, "src/orders/handlers.ts(120,17): the value of the order is not what it was before\r\n");
        Fill(coloured, "\u001b[32m✓\u001b[0m src/orders/handlers.ts \u001b[2m(17 tests)\u001b[22m \u001b[33m120\u001b[0mms\r\n");
    }

    /// <summary>A shell's command that prints lines of 80 characters.</summary>
    [Benchmark]
    public int Plain() => Read(plain);

    /// <summary>Lines of 40 characters with colours.</summary>
    [Benchmark]
    public int Coloured() => Read(coloured);

    private static int Read(byte[] bytes)
    {
        var detector = new TurnDetector(new(), new(80, 24), "bash", null, null);
        for (var at = 0; at < bytes.Length; at += Piece) detector.Read(bytes.AsSpan(at, Math.Min(Piece, bytes.Length - at)), TimeSpan.FromMilliseconds(at / 1_000));
        return detector.Take().Count;
    }

    private static void Fill(byte[] bytes, string line)
    {
        var text = Encoding.UTF8.GetBytes(line);
        for (var at = 0; at < bytes.Length; at++) bytes[at] = text[at % text.Length];
    }
}
