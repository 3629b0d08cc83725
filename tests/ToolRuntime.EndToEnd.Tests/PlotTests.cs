using System.Buffers.Binary;
using System.Net;
using System.Text;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>A picture from the program that draws it to whoever looks at it.</summary>
public sealed class PlotTests
{
    private const string Draw = """
        import csv, struct, zlib
        values = [int(row[0]) for row in csv.reader(open('values.csv'))]
        rows = b''.join(b'\0' + bytes(255 * (y < 100 - values[x]) for x in range(len(values))) for y in range(100))
        part = lambda kind, data: struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
        head = struct.pack('>IIBBBBB', len(values), 100, 8, 0, 0, 0, 0)
        open('plot.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + part(b'IHDR', head) + part(b'IDAT', zlib.compress(rows)) + part(b'IEND', b''))
        """;

    [Fact]
    public async Task Code_DrawsWhatWasUploaded_ThePublishedPictureIsThereAlsoAfterARestart()
    {
        await using var server = await TestServer.StartAsync();
        string blob;
        await using (var client = await server.ConnectAsync())
        {
            var record = await client.OpenAsync("plot");
            Assert.Equal(HttpStatusCode.Created, await UploadAsync(server, string.Join('\n', Enumerable.Range(0, 80))));

            var drawn = await client.RunAsync(record, "code", new() { ["language"] = "python", ["source"] = Draw });
            var published = await client.RunAsync(record, "file_publish", new() { ["path"] = "plot.png" });

            Assert.Contains("\"plot.png\",\"change\":\"created\"", drawn.Raw, StringComparison.Ordinal);
            var content = published.Json.GetProperty("result").GetProperty("content")[0];
            Assert.Equal(("image/png", 80, 100), (content.GetProperty("mediaType").GetString(), content.GetProperty("width").GetInt32(), content.GetProperty("height").GetInt32()));
            Assert.Contains(record.Events, e => e.Type == "tool.progress" && e.Text("stage") == "uploading" && e.Json.GetProperty("percent").GetDouble() == 100);
            blob = content.GetProperty("blob").GetString()!;
            record.Verify();
        }

        await server.Process.KillAsync();
        await server.RestartAsync();

        using var http = new HttpClient { BaseAddress = server.Address, Timeout = Limits.Timeout };
        using var response = await http.GetAsync(new Uri($"/v1/blobs/{blob}", UriKind.Relative));
        var picture = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((80, 100), (BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(20))));
        Assert.Equal(HttpStatusCode.OK, await UploadAsync(server, "1"));
    }

    private static async Task<HttpStatusCode> UploadAsync(TestServer server, string text)
    {
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = Limits.Timeout };
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        using var response = await http.PutAsync(new Uri("/v1/sessions/plot/files/content?path=values.csv", UriKind.Relative), content);
        return response.StatusCode;
    }
}
