/** What Trino writes in another way than the reference, with the SQL that makes it equal. Each was proven by rows on Trino 476. */

/**
 * A double or real as the reference shows it: `2.5`, `100.0`, `1e+20`, `1e-05`, `nan`, `-inf`. Trino's own text is `2.5E0`; its JSON has the
 * shortest digits, plain from 0.001 to 10000000. Subnormal numbers of one digit get two: `4.9e-324`.
 */
export const floatText = `CASE
    WHEN is_nan({0}) THEN 'nan'
    WHEN is_infinite({0}) THEN CASE WHEN {0} > 0 THEN 'inf' ELSE '-inf' END
    ELSE CASE WHEN {0} < 0 OR ({0} = 0 AND 1 / {0} < 0) THEN '-' ELSE '' END || element_at(
      transform(ARRAY[json_format(CAST(abs({0}) AS JSON))], s -> CASE
        WHEN strpos(s, 'E') = 0 THEN s
        ELSE element_at(transform(ARRAY[ROW(
          regexp_replace(split_part(s, 'E', 1), '\\.0$|\\.', ''),
          CAST(split_part(s, 'E', 2) AS integer)
        )], p -> CASE
          WHEN p[2] BETWEEN 0 AND 15 THEN
            substr(rpad(p[1], 17, '0'), 1, p[2] + 1) || '.' || coalesce(nullif(substr(p[1], p[2] + 2), ''), '0')
          WHEN p[2] BETWEEN -4 AND -1 THEN '0.' || rpad('', -1 - p[2], '0') || p[1]
          ELSE substr(p[1], 1, 1) || CASE WHEN length(p[1]) > 1 THEN '.' ELSE '' END || substr(p[1], 2)
            || CASE WHEN p[2] < 0 THEN 'e-' ELSE 'e+' END
            || CASE WHEN abs(p[2]) < 10 THEN '0' ELSE '' END || CAST(abs(p[2]) AS varchar)
        END), 1)
      END), 1)
  END`;

/** Without the zeros at the end of the fraction, nor a fraction of zeros. */
const trimmed = (text: string) => `regexp_replace(${text}, '\\.0+$|(\\.\\d*[1-9])0+$', '$1')`;

/** A timestamp or time of day: Trino fills the fraction with zeros. */
export const momentText = trimmed("CAST({0} AS varchar)");

/** An instant, shown in UTC. */
export const instantText = `${trimmed("CAST(CAST({0} AT TIME ZONE 'UTC' AS timestamp(6)) AS varchar)")} || '+00'`;

/** Trino's `max` may lose NaN, the largest number of the reference. */
export const largestFloat = "CASE WHEN bool_or(is_nan({0})) THEN CAST(nan() AS {type}) ELSE max({0}) END";
