using System.Text;
using System.Xml.Linq;

namespace ToolRuntime.Tests.Shared;

/// <summary>Uploads in parts, as strict as S3: all but the last have at least 5 MB, and what completes one names each part with its tag, in order.</summary>
internal sealed class ObjectUploads
{
    private const int LeastPart = 5 << 20;
    private static readonly XNamespace S3 = "http://s3.amazonaws.com/doc/2006-03-01/";

    private readonly Dictionary<string, (Dictionary<string, string> Headers, SortedDictionary<int, (byte[] Bytes, string Tag)> Parts)> open = [];

    public int Count => open.Count;

    public byte[] Begin(string bucket, string key, Dictionary<string, string> headers)
    {
        var id = Guid.NewGuid().ToString("N");
        open[id] = (headers, []);
        return Xml("InitiateMultipartUploadResult", ("Bucket", bucket), ("Key", key), ("UploadId", id));
    }

    public bool Add(string id, string number, byte[] bytes, string tag)
    {
        if (!open.TryGetValue(id, out var upload)) return false;
        upload.Parts[int.Parse(number)] = (bytes, tag);
        return true;
    }

    public void Remove(string id) => open.Remove(id);

    /// <summary>All of it; null where what is said of the parts is wrong.</summary>
    public (byte[] Bytes, Dictionary<string, string> Headers)? End(string id, byte[] body)
    {
        if (!open.TryGetValue(id, out var upload)) return null;
        var named = XDocument.Parse(Encoding.UTF8.GetString(body)).Root!.Elements()
            .Select(part => (part.Elements().Single(e => e.Name.LocalName == "PartNumber").Value, part.Elements().Single(e => e.Name.LocalName == "ETag").Value)).ToList();
        if (!named.SequenceEqual(upload.Parts.Select(part => (part.Key.ToString(), part.Value.Tag)))) return null;
        if (upload.Parts.Values.SkipLast(1).Any(part => part.Bytes.Length < LeastPart)) return null;
        open.Remove(id);
        return ([.. upload.Parts.Values.SelectMany(part => part.Bytes)], upload.Headers);
    }

    public static byte[] Ended(string bucket, string key, string tag) =>
        Xml("CompleteMultipartUploadResult", ("Bucket", bucket), ("Key", key), ("ETag", tag));

    private static byte[] Xml(string name, params (string Name, string Value)[] members) =>
        Encoding.UTF8.GetBytes(new XElement(S3 + name, members.Select(member => new XElement(S3 + member.Name, member.Value))).ToString());
}
