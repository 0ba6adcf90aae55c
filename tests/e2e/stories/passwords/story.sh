# Passwords as people and generators make them, by file, by variable and within an address.
# red: .env.prod.example: s/^POSTGRES_PASSWORD_FILE=.*$/POSTGRES_PASSWORD=plain/
# red: docker-compose.prod.yml: s/^(    POSTGRES_HOST: .*)$/\1\n    POSTGRES_PASSWORD_FILE: \/run\/secrets\/db_password/
step 'an .env.prod of old: it holds the password itself'
cp "$home/.env.prod" "$home/as-shipped"
{ grep -v '^POSTGRES_PASSWORD' "$home/as-shipped" && echo 'POSTGRES_PASSWORD=a@%b'; } > "$home/.env.prod"
echo 'a@%b' > "$home/secrets/db_password"
up db backup
is succeeded last backup .outcome
compose rm -sf backup
cp "$home/as-shipped" "$home/.env.prod"
echo plain > "$home/secrets/db_password"
sql "ALTER ROLE app PASSWORD 'plain'"

step 'by file'
printf '%s\n' 'EMAIL_HOST=db' 'EMAIL_HOST_USER=app@example.org' 'EMAIL_HOST_PASSWORD_FILE=secrets/email' >> "$home/.env.prod"
printf 'a$#%s\n' "'\"@%b" > "$home/secrets/email"
up db backup
has 'would be told, through db' resguardo check
for character in '$' '#' "'" '"' '@' '%' ' ' '\'; do
    password="a${character}b"
    step "$password"
    sql "ALTER ROLE app PASSWORD \$q\$$password\$q\$"
    printf '%s\n' "$password" > "$home/secrets/db_password"
    ends 0 resguardo backup --source app
done

step 'all of them'
sql "ALTER ROLE app PASSWORD \$q\$a\$#'\"@%b\$q\$"
ends 1 resguardo backup --source app
ends 0 docker exec -e POSTGRES_PASSWORD_FILE= -e "POSTGRES_PASSWORD=a\$#'\"@%b" "$(container backup)" resguardo backup --source app
ends 0 docker exec -e 'DATABASE_URL=postgres://app:a%24%23%27%22%40%25b@db/app' "$(container backup)" resguardo backup --source app
