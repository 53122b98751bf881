using System.Text.Json.Serialization;

namespace Bascule.Server.Personal;

[JsonSerializable(typeof(string[]))]
internal sealed partial class ErasedSubjectsJson : JsonSerializerContext;
