using System.Text.Json.Serialization;

namespace Bascule.Server.Personal;

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class PersonFactsJson : JsonSerializerContext;
