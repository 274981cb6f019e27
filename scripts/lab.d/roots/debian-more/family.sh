# like debian
