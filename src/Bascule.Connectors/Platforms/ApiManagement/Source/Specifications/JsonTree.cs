using System.Text.Json;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.ApiManagement.Source.Specifications;

/// <summary>JSON as the same nodes with places that YAML is read into. The text has been found to be strict JSON before.</summary>
internal sealed class JsonTree
{
    private readonly byte[] _utf8;
    private readonly string _file;
    private long _counted;
    private int _line = 1;

    private JsonTree(byte[] utf8, string file) => (_utf8, _file) = (utf8, file);

    /// <summary>Null when the top is no object.</summary>
    public static SettingMap? Read(ReadOnlyMemory<byte> utf8, string file, int depth)
    {
        var bytes = utf8.ToArray();
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = depth });
        reader.Read();
        return new JsonTree(bytes, file).ReadNode(ref reader) as SettingMap;
    }

    private SettingNode ReadNode(ref Utf8JsonReader reader)
    {
        var place = Place(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                List<SettingEntry> entries = [];
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndObject)
                {
                    var (key, at) = (reader.GetString()!, Place(reader.TokenStartIndex));
                    reader.Read();
                    entries.Add(new SettingEntry(key, at, ReadNode(ref reader)));
                }
                return new SettingMap(place, entries);
            case JsonTokenType.StartArray:
                List<SettingNode> items = [];
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
                    items.Add(ReadNode(ref reader));
                return new SettingList(place, items);
            case JsonTokenType.String:
                return new SettingScalar(place, reader.GetString()!, Quoted: true);
            default:
                return new SettingScalar(place, System.Text.Encoding.UTF8.GetString(reader.ValueSpan), Quoted: false);
        }
    }

    private SettingLocation Place(long offset)
    {
        _line += _utf8.AsSpan((int)_counted, (int)(offset - _counted)).Count((byte)'\n');
        _counted = offset;
        return new SettingLocation(_file, _line, 1);
    }
}
