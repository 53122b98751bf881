namespace Bascule.Simulators.Azure.Resources.Shapes;

/// <summary>
/// Tables of fields as text: <c>Definition = name!:type other:type</c>. <c>!</c> = required, <c>[x]</c> = a list, <c>{x}</c> = a map, <c>{x?}</c> = a map with nulls,
/// <c>@x</c> = another definition, <c>(a|b)</c> = one of these words, <c>&lt;field=a:X|b:Y&gt;</c> = the definition that the value of a field chooses,
/// <c>text1-80</c> = with limits of length, <c>text+</c> = with a letter, digit or underscore, <c>guid</c> = a UUID, <c>object</c> = any map, <c>any</c> = not looked into.
/// </summary>
internal static class FieldNotation
{
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Read(string text)
    {
        var read = new Dictionary<string, IReadOnlyList<string>>();
        var words = text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        List<string> fields = [];
        for (var i = 0; i < words.Length; i++)
            if (i + 1 < words.Length && words[i + 1] == "=")
                read[words[i++]] = fields = [];
            else
                fields.Add(words[i]);
        return read;
    }
}
